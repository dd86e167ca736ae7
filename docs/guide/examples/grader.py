"""A grader for an XQueue: python3 grader.py https://gradus.example.org QUEUE USERNAME < file-with-the-secret"""
import json, sys, time, urllib.error, urllib.parse, urllib.request
from http.cookiejar import CookieJar

server, queue, username = sys.argv[1:4]
secret = sys.stdin.readline().strip()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None  # A redirect means: log in.


http = urllib.request.build_opener(NoRedirect, urllib.request.HTTPCookieProcessor(CookieJar()))


def call(path, form=None):
    data = None if form is None else urllib.parse.urlencode(form).encode()
    try:
        return json.load(http.open(f"{server}/xqueue/{path}", data, timeout=10))
    except urllib.error.HTTPError as error:
        if error.code != 302 or call("login/", {"username": username, "password": secret})["return_code"] != 0:
            raise
        return call(path, form)


def grade(answer, payload):
    is_right = answer.strip() == str(payload["expected"])
    return {"correct": is_right, "score": 1 if is_right else 0, "msg": "<p>Right.</p>" if is_right else "<p>Not yet.</p>"}


while True:
    reply = call("get_submission/?" + urllib.parse.urlencode({"queue_name": queue}))
    if reply["return_code"] != 0:
        time.sleep(1)
        continue
    work = json.loads(reply["content"])
    body = json.loads(work["xqueue_body"])
    result = grade(body["student_response"], json.loads(body["grader_payload"]))
    print(call("put_result/", {"xqueue_header": work["xqueue_header"], "xqueue_body": json.dumps(result)}), flush=True)
