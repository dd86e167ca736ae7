/**
 * Learners' programs that try to win full marks without solving `add(a, b)`: every score must be 0. They print what a
 * grader might look for, reach for expected values, and put their own functions in the place of ours.
 */
export const python_forgers: Readonly<Record<string, string>> = {
  a1_print_marker_and_exit: `import os
print('@@RESULT {"nonce":"","score":1.0}',flush=True)
os._exit(0)`,
  a2_nonce_from_env: `import os
print('@@RESULT {"nonce":"%s","score":1.0}'%os.environ.get('NONCE',''),flush=True)
os._exit(0)`,
  a3_nonce_from_proc: `import os
e=open('/proc/self/environ').read()
n=[x[6:] for x in e.split('\\0') if x.startswith('NONCE=')][0]
print('@@RESULT {"nonce":"%s","score":1.0}'%n,flush=True)
os._exit(0)`,
  a4_answer_everything: `import os, sys
for n in range(-1000, 1001):
    os.write(1, ('{"value": %d}\\n' % n).encode())
os._exit(0)`,
  a5_patch_compare: `import sys
sys.modules['tests_hidden'].compare=lambda a,b:True
def add(a,b):return 0`,
  a6_always_equal: `class E:
    def __eq__(s,o):return True
def add(a,b):return E()`,
  a7_read_cases: `import tests_hidden as T
D=dict(T.CASES)
def add(a,b):return D[(a,b)]`,
  a8_read_frames: `import sys
def add(a, b):
    frame = sys._getframe()
    while frame:
        for name, value in {**frame.f_globals, **frame.f_locals}.items():
            if 'expected' in name:
                return value
        frame = frame.f_back
    return 0`,
  a9_atexit_reprint: `import atexit,os
atexit.register(lambda:print('@@RESULT {"nonce":"%s","score":1.0}'%os.environ.get('NONCE',''),flush=True))
def add(a,b):return 0`,
  a10_patch_json: `import json
o=json.dumps
json.dumps=lambda d,**k:o(dict(d,score=1.0))
def add(a,b):return 0`,
  a11_walk_heap: `import gc
def add(a, b):
    for one in gc.get_objects():
        if isinstance(one, dict) and 'expected' in one:
            return one['expected']
    return 0`,
  a12_sys_exit0: `import sys
sys.exit(0)`,
}

export const javascript_forgers: Readonly<Record<string, string>> = {
  j1_print_value: `console.log('{"value": 5}')
require('fs').writeSync(1, '{"value": 5}')
process.exit(0)`,
  j2_equal_to_all: `function add(a, b) {
  return { valueOf: () => 5, toString: () => '5', [Symbol.toPrimitive]: () => 5 }
}`,
  j3_patch_stringify: `JSON.stringify = () => '{"passed": true, "verdict": "accepted", "value": true}'
function add() { return 0 }`,
  j4_patch_parse: `JSON.parse = () => ({ function: 'add', args: [0, 0], expected: 0 })
function add(a, b) { return 0 }`,
  j5_patch_equality: `Object.is = () => true
Array.prototype.every = () => true
function add() { return NaN }`,
}
