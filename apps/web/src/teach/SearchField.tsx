import { TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'

interface Props {
  label: string
  placeholder: string
  /** What is looked for now, as it stands in the address. */
  value: string
  onChange: (text: string) => void
}

const DELAY_MS = 250

/** A field that looks for what is typed once the typing pauses, so that a name of ten letters asks the server once. */
export function SearchField({ label, placeholder, value, onChange }: Props) {
  const [typed, setTyped] = useState(value)
  const sent = useRef(value)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => {
    // Changed from outside: a filter was cleared, or "back" was pressed.
    if (value !== sent.current) {
      sent.current = value
      setTyped(value)
    }
  }, [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  const type = (text: string): void => {
    setTyped(text)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      sent.current = text
      onChange(text)
    }, DELAY_MS)
  }
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      type="search"
      maxLength={100}
      value={typed}
      onChange={(e) => type(e.currentTarget.value)}
      maw={360}
    />
  )
}
