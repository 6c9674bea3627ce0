// The table in a frame. It has the theme that its address asks for, also where no server reads that,
// and tells the page around how high it is, as often as that changes; the page /api/ says how to listen.
(() => {
  const root = document.documentElement, table = document.querySelector(".wrap");
  const theme = new URLSearchParams(location.search).get("theme");
  if (["dark", "light"].includes(theme)) root.style.colorScheme = theme;
  let told = 0;
  // The table scrolls within the frame as long as the frame is too low: what it hides counts too.
  const tell = () => {
    const height = Math.ceil(root.offsetHeight + table.scrollHeight - table.clientHeight);
    if (height !== told) parent.postMessage({ type: "leaderboard-height", height }, "*");
    told = height;
  };
  new ResizeObserver(tell).observe(table);
  addEventListener("resize", tell);
  tell();
})();
