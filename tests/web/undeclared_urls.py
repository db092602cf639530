"""A list of URLs in which somebody forgot the declaration."""

from django.http import HttpResponse
from django.urls import path

from tenure.web.urls import urlpatterns as declared_urls

urlpatterns = [*declared_urls, path("undeclared/", lambda _request: HttpResponse("open to all"))]
handler404 = "tenure.web.kit.errors.not_found"
