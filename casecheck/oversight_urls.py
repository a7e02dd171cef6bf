from django.urls import path

from casecheck.views import wrongful

app_name = "wrongful"

urlpatterns = [
    path("", wrongful.look_for, name="looks"),
    path("<int:disclosure>/", wrongful.look, name="look"),
    path("<int:disclosure>/letter.pdf", wrongful.letter, name="letter"),
]
