"""Paths of public help, of feedback, of mistakes of our own, and of escalations that become scripts."""

from django.urls import path

from desk.views import feedback, helping, mistakes, voice

paths = [
    path("help/", helping.helps, name="helps"),
    path("help/<slug:code>/", helping.help_page, name="help"),
    path("desk/inquiries/<str:number>/pass/", voice.pass_on, name="pass_on"),
    path("desk/scripts/", voice.all_scripts, name="scripts"),
    path("desk/scripts/tasks/<int:pk>/", voice.script_task, name="script_task"),
    path("feedback/", feedback.send_feedback, name="send_feedback"),
    path("desk/inquiries/<str:number>/feedback/", feedback.record_feedback, name="record_feedback"),
    path("desk/feedback/", feedback.feedback, name="feedback"),
    path("desk/feedback/challenge/", feedback.challenge_rule, name="challenge_rule"),
    path("desk/feedback/<int:pk>/", feedback.one_feedback, name="one_feedback"),
    path("desk/feedback/<int:pk>/share/", feedback.share_feedback, name="share_feedback"),
    path("desk/feedback/<int:pk>/answer/", feedback.answer_feedback, name="answer_feedback"),
    path("desk/feedback/<int:pk>/told/", feedback.tell_feedback, name="tell_feedback"),
    path("desk/mistakes/", mistakes.mistakes, name="mistakes"),
    path("desk/mistakes/record/", mistakes.record_mistake, name="record_mistake"),
    path("desk/mistakes/<int:pk>/", mistakes.mistake, name="mistake"),
    path("desk/mistakes/<int:pk>/registration/", mistakes.name_registration, name="name_registration"),
    path("desk/mistakes/<int:pk>/mended/", mistakes.mend_mistake, name="mend_mistake"),
    path("desk/mistakes/<int:pk>/close/", mistakes.close_mistake, name="close_mistake"),
]
