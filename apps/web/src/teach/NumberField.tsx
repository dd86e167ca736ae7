import { NumberInput, type NumberInputProps } from '@mantine/core'
import { useState } from 'react'

interface Props extends Omit<NumberInputProps, 'value' | 'onChange' | 'defaultValue' | 'onBlur' | 'min' | 'max'> {
  value: number
  min: number
  max: number
  onChange: (value: number) => void
}

/** A number that must be there: while somebody types, an empty or too small one is not taken; when they leave, the last good one stands again. */
export function NumberField({ value, min, max, onChange, ...rest }: Props) {
  const [typed, setTyped] = useState<number | string | null>(null)
  return (
    <NumberInput
      {...rest}
      min={min}
      max={max}
      clampBehavior="blur"
      value={typed ?? value}
      onChange={(next) => {
        setTyped(next)
        if (typeof next === 'number' && next >= min && next <= max) onChange(next)
      }}
      onBlur={() => {
        // The field clamps to its bounds by itself, after this; what is out of them was never taken.
        if (typeof typed === 'number') onChange(Math.min(max, Math.max(min, typed)))
        setTyped(null)
      }}
    />
  )
}
