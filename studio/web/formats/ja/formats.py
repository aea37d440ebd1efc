from studio.web.formats.same import *  # noqa: F403
