"""Addresses of people."""

from django.urls import path

from labnotebook.people.views import links, me, people, security

app_name = "people"
urlpatterns = [
    path("me/", me.me, name="me"),
    path("security/", security.security, name="security"),
    path("people/", people.person_list, name="person-list"),
    path("people/<str:username>/", people.person_detail, name="person-detail"),
    path("join/<str:text>/", links.link, name="link"),
]
