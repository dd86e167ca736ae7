import { createSpotlight } from '@mantine/spotlight'

/** The command palette's own store: whether it is open, and how to open it from anywhere. */
export const [paletteStore, palette] = createSpotlight()
