import { expect, test } from 'vitest'
import { firstCompileError } from './compile-error.ts'

test('gcc: the first error, not the warning before it', () => {
  const output = `main.c: In function ‘main’:
main.c:3:9: warning: unused variable ‘x’ [-Wunused-variable]
main.c:5:12: error: expected ‘;’ before ‘}’ token
main.c:6:1: error: something later`
  expect(firstCompileError(output, 'c')).toEqual({ line: 5, message: 'expected ‘;’ before ‘}’ token' })
})

test('g++: a fatal error counts', () => {
  expect(firstCompileError('main.cpp:1:10: fatal error: vectr: No such file or directory\n', 'cpp')).toEqual({
    line: 1,
    message: 'vectr: No such file or directory',
  })
})

test('javac has no column', () => {
  expect(firstCompileError('Main.java:3: error: cannot find symbol\n        foo();\n        ^', 'java')).toEqual({
    line: 3,
    message: 'cannot find symbol',
  })
})

test('python: the last place named and what was wrong there', () => {
  const output = `  File "main.py", line 4
    if x = 3:
       ^^^^^
SyntaxError: invalid syntax. Maybe you meant '==' or ':=' instead of '='?`
  expect(firstCompileError(output, 'python')).toEqual({
    line: 4,
    message: "SyntaxError: invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
  })
})

test('node and quickjs', () => {
  expect(firstCompileError("/box/main.js:2\nlet = ;\n      ^\n\nSyntaxError: Unexpected token ';'", 'javascript')).toEqual({
    line: 2,
    message: "SyntaxError: Unexpected token ';'",
  })
  expect(firstCompileError("SyntaxError: unexpected token in expression: ';'\n    at main.js:7:3\n", 'javascript')).toEqual({
    line: 7,
    message: "SyntaxError: unexpected token in expression: ';'",
  })
})

test('words nobody understands are left alone', () => {
  expect(firstCompileError('linker went home', 'c')).toBeNull()
  expect(firstCompileError('', 'python')).toBeNull()
})
