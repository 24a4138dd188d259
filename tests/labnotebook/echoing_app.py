"""A WSGI program that answers how many bytes it read; ``/unread`` reads none."""


def application(environ, start_response):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    read = 0
    if environ["PATH_INFO"] != "/unread":
        while read < length and (piece := environ["wsgi.input"].read(min(1 << 16, length - read))):
            read += len(piece)
    body = f"{environ['PATH_INFO']} {read}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
