import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { EditorLanguage } from './CodeEditor.tsx'

const parsers: Record<EditorLanguage, () => Promise<Extension>> = {
  python: async () => (await import('@codemirror/lang-python')).python(),
  javascript: async () => (await import('@codemirror/lang-javascript')).javascript(),
  c: async () => (await import('@codemirror/lang-cpp')).cpp(),
  cpp: async () => (await import('@codemirror/lang-cpp')).cpp(),
  java: async () => (await import('@codemirror/lang-java')).java(),
  markdown: async () => (await import('@codemirror/lang-markdown')).markdown(),
  text: async () => [],
}

/** Fetches the parser of a language, each its own part of the bundle; without it the text is plain but can be written. */
export const loadParser = (language: EditorLanguage): Promise<Extension> => parsers[language]().catch(() => [])

/** Indentation and wrapping as the language's people are used to. */
export const languageHabits = (language: EditorLanguage): Extension => {
  if (language === 'markdown') return EditorView.lineWrapping
  return indentUnit.of(language === 'javascript' ? '  ' : '    ')
}

const lightColors = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.controlKeyword], color: '#6b2fb3' },
  { tag: [tags.string, tags.special(tags.string), tags.character], color: '#0b6e3a' },
  { tag: [tags.number, tags.bool, tags.null], color: '#9a4a00' },
  { tag: [tags.comment], color: '#5f6770', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))], color: '#1c55c0' },
  { tag: [tags.typeName, tags.className, tags.processingInstruction], color: '#8a3a6a' },
  { tag: tags.heading, fontWeight: '700' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strong, fontWeight: '700' },
  { tag: [tags.link, tags.url], color: '#1c55c0' },
  { tag: tags.invalid, color: '#c92a2a' },
])
const darkColors = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.controlKeyword], color: '#c9a5ff' },
  { tag: [tags.string, tags.special(tags.string), tags.character], color: '#8fd6a4' },
  { tag: [tags.number, tags.bool, tags.null], color: '#f0b27a' },
  { tag: [tags.comment], color: '#98a1ac', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))], color: '#8ab4ff' },
  { tag: [tags.typeName, tags.className, tags.processingInstruction], color: '#f0a6cf' },
  { tag: tags.heading, fontWeight: '700' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strong, fontWeight: '700' },
  { tag: [tags.link, tags.url], color: '#8ab4ff' },
  { tag: tags.invalid, color: '#ff8787' },
])

/** Ground, gutter, selection and text size for one colour scheme. */
export function editorLook(isDark: boolean, font_size: number, height: string): Extension {
  const mark = isDark ? '#30518a88' : '#bcd3ff99'
  return [
    EditorView.theme(
      {
        '&': { fontSize: `${font_size}px`, height, backgroundColor: 'var(--mantine-color-body)', color: 'var(--mantine-color-text)' },
        '&.cm-focused': { outline: 'none' },
        '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.5', overflow: 'auto' },
        '.cm-content': { caretColor: 'var(--mantine-color-text)', padding: '6px 0' },
        '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
        '.cm-gutters': { backgroundColor: 'var(--mantine-color-body)', color: 'var(--mantine-color-dimmed)', border: 'none' },
        '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: isDark ? '#ffffff0a' : '#0000000a' },
        '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: mark },
        '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: mark, outline: 'none' },
        '.cm-changedLine': { backgroundColor: 'transparent' },
        '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: 'var(--gradus-removed)' },
        '&.cm-merge-b .cm-changedText': { background: 'var(--gradus-added)' },
        '.cm-collapsedLines': { background: 'var(--gradus-ground)', color: 'var(--mantine-color-dimmed)', padding: '4px 12px' },
      },
      { dark: isDark },
    ),
    syntaxHighlighting(isDark ? darkColors : lightColors),
  ]
}

/** Line numbers and colouring, without keys: what a read-only view needs. */
export const viewerBase: Extension = [lineNumbers(), highlightSpecialChars(), EditorState.tabSize.of(4)]

/**
 * What a writer needs. Tab indents; Escape then Tab leaves the field, which CodeMirror offers by itself, so the keyboard is never caught.
 */
export const writerBase: Extension = [
  viewerBase,
  history(),
  drawSelection(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
]
