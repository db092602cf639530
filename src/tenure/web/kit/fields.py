"""How forms are drawn: label, field, help and fault, tied together for those who listen instead of look."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws forms with the templates of the kit."""

    form_template_name = "kit/form.html"
    field_template_name = "kit/field.html"
