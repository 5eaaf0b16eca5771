FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY thinkific_mcp thinkific_mcp
RUN python -m venv /opt/thinkific-mcp \
 && /opt/thinkific-mcp/bin/pip install --no-cache-dir -c constraints.txt '.[hosted]'

FROM python:3.13-slim
COPY --from=build /opt/thinkific-mcp /opt/thinkific-mcp
ENV PATH="/opt/thinkific-mcp/bin:$PATH" PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8000
# Not urllib, which would take HTTP_PROXY for this too.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=3); c.request('GET', '/healthz'); exit(c.getresponse().status != 200)"]
ENTRYPOINT ["thinkific-mcp"]
CMD ["http", "--host", "0.0.0.0", "--port", "8000"]
