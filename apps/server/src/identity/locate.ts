import type { Locators } from '../db/located.ts'

export const identityLocators: Locators = {}
