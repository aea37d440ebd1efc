from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "studio.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.jobs.paying import gates
        from studio.review import kinds  # noqa: F401  (registers itself)
        from studio.review.standing import refuse_dear

        gates.append(refuse_dear)
