from django.urls import path, re_path

from save_portal.accounts.people import views

app_name = "people"
urlpatterns = [
    path("people/", views.index, name="index"),
    path("people/people.csv", views.as_csv, name="csv"),
    path("people/invite/", views.invite, name="invite"),
    re_path(
        r"^people/invitations/(?P<invitation_id>\d{1,18})/(?P<name>resend|withdraw)/$",
        views.invitation_act,
        name="invitation",
    ),
    path("people/departments/", views.places, name="places"),
    path("people/departments/add/", views.department, name="department-add"),
    path("people/departments/<int:department_id>/", views.department, name="department"),
    path("people/departments/<int:department_id>/group/", views.group, name="group-add"),
    path("people/groups/<int:group_id>/", views.group, name="group"),
    path("people/<int:user_id>/", views.person, name="person"),
    path("people/<int:user_id>/end/", views.end, name="end"),
    path("people/<int:user_id>/reactivate/", views.reactivate, name="reactivate"),
    path("invitation/<str:token>/", views.accept, name="accept"),
]
