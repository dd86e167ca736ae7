import type { Locators } from '../db/located.ts'

export const submissionLocators: Locators = {}
