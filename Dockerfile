# The workbench of a store: docker build -t jixiao . && docker run --network none …
#
#     docker run --rm -p 8000:8000 -v "$PWD/jixiao.store:/store:ro" jixiao
#     docker run --rm --network none -v "$PWD:/data" --user "$(id -u):$(id -g)" jixiao \
#         build /data/2023 --store /data/jixiao.store
#
# Packages come from the hash-locked requirements.txt while the image is built. Nothing is fetched
# at run time.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1
WORKDIR /source
RUN python -m venv /opt/jixiao
COPY requirements.txt ./
RUN /opt/jixiao/bin/pip install --require-hashes -r requirements.txt
COPY requirements/build.txt ./requirements/
RUN python -m pip install --require-hashes --target /tools -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
COPY extract ./extract
COPY ontology ./ontology
COPY shapes ./shapes
COPY queries ./queries
RUN PYTHONPATH=/tools /opt/jixiao/bin/pip install --no-deps --no-build-isolation . \
    && /opt/jixiao/bin/pip uninstall --yes pip

FROM python:3.13-slim
COPY --from=build /opt/jixiao /opt/jixiao
RUN useradd --system --uid 10001 --no-create-home jixiao
ENV PATH=/opt/jixiao/bin:$PATH LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
USER jixiao
WORKDIR /tmp
EXPOSE 8000
ENTRYPOINT ["jixiao"]
CMD ["serve", "--store", "/store", "--host", "0.0.0.0"]
