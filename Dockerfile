# The notebook's web server, worker and relay; compose.yaml starts one container of each.
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 LABNOTEBOOK_DATA=/data
WORKDIR /notebook
COPY requirements.lock requirements-s3.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock
# A name of a bucket: what reaches it comes into the image too.
ARG BUCKET=
RUN test -z "$BUCKET" || pip install --no-cache-dir --require-hashes --requirement requirements-s3.lock
COPY manage.py LICENSE ./
COPY labnotebook labnotebook
COPY synthesis synthesis
COPY devices devices
COPY analysis analysis
COPY docs docs
RUN useradd --create-home notebook && mkdir /data /backups && chown notebook /data /backups
USER notebook
VOLUME /data
EXPOSE 8000
CMD ["python", "manage.py", "check"]
