import { Button, Stack, Text } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { type DragEvent, type ReactNode, useRef, useState } from 'react'
import classes from './HandIn.module.css'

interface Props {
  /** The button's words. */
  verb: string
  /** Endings that are taken, without dots; empty: any. */
  types: readonly string[]
  /** The limits, said before anything is chosen. */
  children: ReactNode
  is_quiet?: boolean
  is_disabled?: boolean
  onFile: (file: File) => void
}

/** A place to drop a file on, with a button for everybody else. More than one file at once is said and not taken. */
export function DropZone({ verb, types, children, is_quiet = false, is_disabled = false, onFile }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const depth = useRef(0)
  const [isOver, setIsOver] = useState(false)
  const [isMany, setIsMany] = useState(false)
  const take = (files: FileList | null): void => {
    setIsMany((files?.length ?? 0) > 1)
    if (files?.length === 1 && !is_disabled) onFile(files[0]!)
  }
  // Dragging over a child leaves the parent: only the count of both says whether the file is still above the zone.
  const move = (by: 1 | -1) => (event: DragEvent) => {
    event.preventDefault()
    depth.current += by
    setIsOver(depth.current > 0)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    depth.current = 0
    setIsOver(false)
    take(event.dataTransfer.files)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the mouse; the button inside does the same for everybody
    <div
      className={classes.zone}
      data-over={isOver}
      onDragEnter={move(1)}
      onDragLeave={move(-1)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <Stack align="center" gap="sm">
        {!is_quiet && <IconFileUpload size={34} stroke={1.3} aria-hidden />}
        <Text ta="center" size={is_quiet ? 'sm' : undefined}>
          Drop a file here, or
        </Text>
        <Button size={is_quiet ? 'sm' : 'md'} variant={is_quiet ? 'default' : 'filled'} disabled={is_disabled} onClick={() => input.current?.click()}>
          {verb}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          tabIndex={-1}
          aria-label={verb}
          accept={types.length === 0 ? undefined : types.map((type) => `.${type}`).join(',')}
          onChange={(event) => {
            take(event.currentTarget.files)
            // The same file, saved again under the same name, must be choosable.
            event.currentTarget.value = ''
          }}
        />
        <Text ta="center" size="sm" c="dimmed" component="div">
          {children}
        </Text>
        {isMany && (
          <Text ta="center" size="sm" c="var(--mantine-color-error)" role="alert">
            One file at a time. Put several into one archive, such as a .zip, where that type is taken.
          </Text>
        )}
      </Stack>
    </div>
  )
}
