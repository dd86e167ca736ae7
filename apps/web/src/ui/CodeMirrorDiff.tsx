import { MergeView, unifiedMergeView } from '@codemirror/merge'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { CodeDiffProps } from './CodeDiff.tsx'
import classes from './CodeEditor.module.css'
import { editorLook, loadParser, viewerBase } from './editor-setup.ts'

const collapse = { margin: 3, minSize: 6 }

export default function CodeMirrorDiff({ before, after, before_label, after_label, language, is_unified = false }: CodeDiffProps) {
  const isDark = useComputedColorScheme('light') === 'dark'
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let made: { destroy(): void } | undefined
    let isCurrent = true
    void loadParser(language).then((parser) => {
      if (!isCurrent) return
      const side = (label: string): Extension => [
        viewerBase,
        EditorState.readOnly.of(true),
        parser,
        editorLook(isDark, 13, 'auto'),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      ]
      const parent = host.current!
      made = is_unified
        ? new EditorView({
            parent,
            doc: after,
            extensions: [
              side(`${before_label} and ${after_label}, changes marked`),
              unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: collapse }),
            ],
          })
        : new MergeView({
            parent,
            a: { doc: before, extensions: side(before_label) },
            b: { doc: after, extensions: side(after_label) },
            collapseUnchanged: collapse,
          })
    })
    return () => {
      isCurrent = false
      made?.destroy()
    }
  }, [before, after, before_label, after_label, language, is_unified, isDark])
  return <div ref={host} className={classes.framed} />
}
