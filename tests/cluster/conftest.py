from cluster.fixtures import *  # noqa: F403
from cluster.helms import *  # noqa: F403
