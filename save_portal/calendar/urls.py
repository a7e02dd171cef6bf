from django.urls import URLPattern

app_name = "federal_calendar"
urlpatterns: list[URLPattern] = []
