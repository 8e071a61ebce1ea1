"""What the workers of the server need, loaded once for all of them; see `pipeline.starting`."""

from jixiao.pipeline.starting import beforehand
from jixiao.server.workers.jobs import prepare

beforehand(prepare)
