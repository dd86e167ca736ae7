import { Compartment, EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useLayoutEffect, useRef } from 'react'
import classes from './CodeEditor.module.css'
import type { CodeEditorProps } from './CodeEditor.tsx'
import { editorLook, languageHabits, loadParser, viewerBase, writerBase } from './editor-setup.ts'

const DEFAULT_FONT_SIZE = 14

/** Runs what a shortcut stands for; false where it stands for nothing here, so that the key keeps its usual meaning. */
function press(action: (() => void) | undefined): boolean {
  action?.()
  return action !== undefined
}

/** The editor behind CodeEditor; loaded on its own because it is the largest part of the bundle. */
export default function CodeMirrorEditor(props: CodeEditorProps) {
  const { value, language, label, font_size = DEFAULT_FONT_SIZE, is_read_only = false, height = '100%', go_to } = props
  const isDark = useComputedColorScheme('light') === 'dark'
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const parts = useRef({ language: new Compartment(), look: new Compartment(), label: new Compartment(), mode: new Compartment() })
  const latest = useRef(props)
  latest.current = props

  // The view is made once; what changes later is put in by the effects below, so that undo history and cursor survive.
  // biome-ignore lint/correctness/useExhaustiveDependencies: later values arrive through the compartments
  useEffect(() => {
    const { language: languagePart, look, label: labelPart, mode } = parts.current
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          // Above CodeMirror's own Mod-Enter, which would add a line.
          Prec.highest(
            keymap.of([
              { key: 'Mod-Shift-Enter', run: () => press(latest.current.onHandIn) },
              { key: 'Mod-Enter', run: () => press(latest.current.onRun) },
            ]),
          ),
          mode.of(is_read_only ? [viewerBase, EditorState.readOnly.of(true)] : writerBase),
          languagePart.of(languageHabits(language)),
          look.of(editorLook(isDark, font_size, height)),
          labelPart.of(EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' })),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((t) => t.isUserEvent('outside')))
              latest.current.onChange?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    return () => {
      made.destroy()
      view.current = null
    }
  }, [])

  // A layout effect: a passive one could run after the next keystroke and put the older text back.
  useLayoutEffect(() => {
    const present = view.current
    if (present === null || present.state.doc.toString() === value) return
    present.dispatch({ changes: { from: 0, to: present.state.doc.length, insert: value }, userEvent: 'outside' })
  }, [value])
  useEffect(() => {
    let isCurrent = true
    void loadParser(language).then((parser) => {
      if (isCurrent) view.current?.dispatch({ effects: parts.current.language.reconfigure([languageHabits(language), parser]) })
    })
    return () => {
      isCurrent = false
    }
  }, [language])
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.look.reconfigure(editorLook(isDark, font_size, height)) })
  }, [isDark, font_size, height])
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.label.reconfigure(EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' })) })
  }, [label])
  useEffect(() => {
    const mode = is_read_only ? [viewerBase, EditorState.readOnly.of(true)] : writerBase
    view.current?.dispatch({ effects: parts.current.mode.reconfigure(mode) })
  }, [is_read_only])
  useEffect(() => {
    const present = view.current
    if (present === null || go_to == null) return
    const line = present.state.doc.line(Math.min(Math.max(1, go_to.line), present.state.doc.lines))
    present.dispatch({ selection: { anchor: line.from, head: line.to }, effects: EditorView.scrollIntoView(line.from, { y: 'center' }) })
    present.focus()
  }, [go_to])

  return <div ref={host} className={`${classes.host} ${height === '100%' ? '' : classes.framed}`} style={{ height }} />
}
