import type { Locators } from '../db/located.ts'

export const courseLocators: Locators = {}
