import { average } from './questions/average.ts'
import { basket } from './questions/basket.ts'
import { brokenMedian } from './questions/broken-median.ts'
import { celsius } from './questions/celsius.ts'
import { clockTime } from './questions/clock-time.ts'
import { coins } from './questions/coins.ts'
import { countVowels } from './questions/count-vowels.ts'
import { countdown } from './questions/countdown.ts'
import { counter } from './questions/counter.ts'
import { fizzBuzz } from './questions/fizz-buzz.ts'
import { hello } from './questions/hello.ts'
import { highScores } from './questions/high-scores.ts'
import { leapYear } from './questions/leap-year.ts'
import { rectangle } from './questions/rectangle.ts'
import { secondLargest } from './questions/second-largest.ts'
import { secretMessage } from './questions/secret-message.ts'
import { stars } from './questions/stars.ts'
import { ticketPrice } from './questions/ticket-price.ts'
import { triangleKind } from './questions/triangle-kind.ts'
import { untilZero } from './questions/until-zero.ts'
import { wordCount } from './questions/word-count.ts'
import { type DemoCourse, type DemoQuestion, material } from './shapes.ts'

/** Every question of the demo course, in the order in which the course first asks it. Slugs are unique. */
export const demoQuestions: readonly DemoQuestion[] = [
  hello,
  rectangle,
  celsius,
  clockTime,
  ticketPrice,
  triangleKind,
  countdown,
  untilZero,
  stars,
  coins,
  leapYear,
  countVowels,
  average,
  fizzBuzz,
  secretMessage,
  secondLargest,
  wordCount,
  highScores,
  basket,
  brokenMedian,
  counter,
]

/** What an assignment is when it says nothing else: as many attempts as you like, the best one counts, no due date. */
const relaxed = { kind: 'assignment', max_attempts: null, graded_attempt: 'best', due_in_hours: null } as const

/**
 * The demo course: an introduction to programming in Python and JavaScript. Every slug it places is in `demoQuestions`;
 * its pictures are the files of `demo/pictures`, addressed as `/demo/pictures/<name>.svg`.
 */
export const demoCourse: DemoCourse = {
  slug: 'first-steps',
  title: 'First Steps in Programming',
  summary: 'From the first printed word to functions, data and tests. Every question can be answered in Python, JavaScript, or both.',
  time_zone: 'UTC',
  modules: [
    {
      title: 'Values and output',
      steps: [
        { kind: 'material', title: 'How programs talk', body_markdown: material('how-programs-talk') },
        {
          ...relaxed,
          title: 'Your first program',
          instructions_markdown:
            'One question to get to know the place. Run it, break it, hand it in: there is no limit, and the best attempt counts.',
          questions: [{ slug: 'hello' }],
        },
        {
          ...relaxed,
          title: 'Calculating',
          instructions_markdown: 'Three small programs that read numbers and print the result. Do them in any order.',
          questions: [{ slug: 'rectangle' }, { slug: 'celsius' }, { slug: 'clock-time' }],
        },
      ],
    },
    {
      title: 'Decisions and loops',
      steps: [
        { kind: 'material', title: 'Choosing and repeating', body_markdown: material('choosing-and-repeating') },
        {
          ...relaxed,
          title: 'Decisions',
          instructions_markdown: 'Write down every way your program can take before you write the program. Most mistakes hide at the borders.',
          questions: [{ slug: 'ticket-price' }, { slug: 'triangle-kind' }],
        },
        {
          ...relaxed,
          title: 'Loops',
          instructions_markdown:
            'Three loops: one that counts, one that waits for a signal, one that draws. This assignment has a **due date**; work handed in later is accepted and marked as late.',
          due_in_hours: 72,
          questions: [{ slug: 'countdown' }, { slug: 'until-zero' }, { slug: 'stars' }],
        },
        {
          ...relaxed,
          title: 'Change from the machine',
          instructions_markdown: 'A question with more than one right answer. You have ten attempts.',
          max_attempts: 10,
          questions: [{ slug: 'coins' }],
        },
      ],
    },
    {
      title: 'Functions',
      steps: [
        { kind: 'material', title: 'A name for an idea', body_markdown: material('functions') },
        {
          ...relaxed,
          title: 'Small functions',
          instructions_markdown: 'From now on nothing is read and nothing printed: the tests call your function. Return the result.',
          due_in_hours: 168,
          questions: [{ slug: 'leap-year' }, { slug: 'count-vowels' }, { slug: 'average' }],
        },
        {
          ...relaxed,
          title: 'Functions that build something',
          instructions_markdown: 'Start with an empty list or an empty text and add to it, round by round. Here your **latest** attempt counts.',
          graded_attempt: 'latest',
          questions: [{ slug: 'fizz-buzz' }, { slug: 'secret-message' }],
        },
      ],
    },
    {
      title: 'Data and testing',
      steps: [
        { kind: 'material', title: 'Lists and dictionaries', body_markdown: material('lists-and-dictionaries') },
        {
          ...relaxed,
          title: 'Working with data',
          instructions_markdown: 'Sort, count, look up. Ask yourself each time: would I number these things, or look them up?',
          questions: [{ slug: 'second-largest' }, { slug: 'word-count' }, { slug: 'high-scores' }],
        },
        { kind: 'material', title: 'Tests and verdicts', body_markdown: material('tests-and-verdicts') },
        {
          ...relaxed,
          title: 'Tested by a program',
          instructions_markdown:
            'Your teacher’s tests use your code the way a colleague would. The second question is for Python only, the third for JavaScript only.',
          questions: [{ slug: 'basket' }, { slug: 'broken-median' }, { slug: 'counter' }],
        },
        {
          ...relaxed,
          title: 'Check yourself',
          instructions_markdown:
            'You have met these three before; now they are worth more, and you have **three attempts** at each. Run the visible tests first: that costs no attempt.',
          max_attempts: 3,
          due_in_hours: 336,
          questions: [
            { slug: 'celsius', points_override: 10 },
            { slug: 'count-vowels', points_override: 10 },
            { slug: 'second-largest', points_override: 15 },
          ],
        },
      ],
    },
  ],
}
