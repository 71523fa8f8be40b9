# The service in an image: the compiler stays in the first stage, the second holds what runs.

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY locks/ locks/
# Everything from elsewhere is checked against its locked hash; the rule engine is compiled with the
# locked build tools, for why its flags are what they are see scripts/set_up.
RUN python -m venv /tools && python -m venv --without-pip /app \
    && /tools/bin/pip install --no-deps --require-hashes -r locks/build.lock \
    && CPPFLAGS="-O2 -DPyEval_CallObject=PyObject_CallObject" \
        /tools/bin/pip wheel --no-deps --no-build-isolation --no-binary durable-rules \
        --require-hashes -r locks/engine.lock --wheel-dir /wheels \
    && /tools/bin/pip --python /app/bin/python install --no-deps --require-hashes -r locks/runtime.lock
COPY pyproject.toml README.md ./
COPY criteria/ criteria/
COPY examples/patients/ examples/patients/
COPY eligibility/ eligibility/
COPY api/ api/
RUN /tools/bin/pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /wheels . \
    && /tools/bin/pip --python /app/bin/python install --no-deps --no-index /wheels/*.whl \
    && /app/bin/python -W error -c "import api.app, api.serve, durable_rules_engine"

FROM python:3.12-slim
# Only the data folder is written at run time: the container may run with a read-only root.
ENV PATH=/app/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    ELIGIBILITY_DATA_FOLDER=/var/lib/eligibility
RUN install --directory --owner=10001 --group=10001 --mode=700 \
    /var/lib/eligibility /var/lib/eligibility-checkpoints
COPY --from=build /app /app
# ELIGIBILITY_TIME_ZONE needs the table of time zones.
RUN ["python", "-c", "import zoneinfo; zoneinfo.ZoneInfo('Asia/Shanghai')"]
USER 10001:10001
# Without a database of its own the service keeps the embedded screening log here.
VOLUME /var/lib/eligibility
EXPOSE 8000
# No curl in the image; http.client, unlike urllib, heeds no proxy variables.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["python", "-c", \
    "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/health'); raise SystemExit(c.getresponse().status != 200)"]
# It listens beyond the container once ELIGIBILITY_HOST says so, which it refuses without ELIGIBILITY_IDENTITY.
CMD ["eligibility-serve"]
