"""Django's generic classes of the admin with their model left open.

mypy asks each of them for a model; at run time they take none. simple_history has no types: to
mypy its admin is Django's.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as AuthUserAdmin
from simple_history.admin import SimpleHistoryAdmin

if TYPE_CHECKING:
    BaseModelAdmin = admin.options.BaseModelAdmin[Any]
    HistoryAdmin = admin.ModelAdmin[Any]
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    UserAdmin = AuthUserAdmin[Any]
    BaseFormSet = forms.BaseFormSet[Any]
    BaseInlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
    BaseModelFormSet = forms.BaseModelFormSet[Any, Any]
    ModelForm = forms.ModelForm[Any]
else:
    BaseModelAdmin = admin.options.BaseModelAdmin
    HistoryAdmin = SimpleHistoryAdmin
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline
    UserAdmin = AuthUserAdmin
    BaseFormSet = forms.BaseFormSet
    BaseInlineFormSet = forms.BaseInlineFormSet
    BaseModelFormSet = forms.BaseModelFormSet
    ModelForm = forms.ModelForm
