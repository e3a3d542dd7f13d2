/** Marked examples to begin with: places and days. */
export const FIRST_EXAMPLES = `Fly to [Oslo](place) on [Friday](day)
A train from [Rome](place), please
Book two seats to [New Delhi](place) for [Monday](day)
How warm is it in [Lima](place) [today](day)?
I want to go to [Cairo](place) [tomorrow](day)
Is there a bus from [Quito](place) to [Lima](place)?
What is on [Tuesday](day) in [San Marino](place)?
Find me a room in [Perth](place)
Wake me up on [Sunday](day)
Please move the meeting to [Thursday](day)
From [Tokyo](place) to [Kyoto](place) on [Saturday](day)
The weather in [Paris](place) for [Friday](day)
A ticket to [Buenos Aires](place), please
Is the museum open on [Monday](day)?
We met in [Vienna](place) last [Wednesday](day)
Tell me when the train for [Prague](place) leaves
Show flights to [Dublin](place) on [Sunday](day)
Will it rain in [Bergen](place) [tomorrow](day)?
I live in [Porto](place) and work in [Lisbon](place)
Cancel everything on [Tuesday](day)
The fair in [Los Angeles](place) begins on [Saturday](day)
How far is [Turin](place) from [Milan](place)?
A table for two [today](day)
Send the letter to [New York](place) by [Thursday](day)
Does the bus run on [Wednesday](day)?
Are there seats to [Geneva](place) [tomorrow](day)?
Call me [tomorrow](day), not [today](day)
Did you like [Addis Ababa](place)?
On [Friday](day) we leave for [Kigali](place)
In [Bogota](place) it is warm [today](day)
Which trains go to [Basel](place) on [Sunday](day)?
There is no bus to [Hue](place) on [Monday](day)
Can I bring my dog?
Where is the night bus?
Thank you, that was all
One way or return?
My sister comes from [Accra](place) on [Thursday](day)
The boat to [Palma](place) leaves on [Saturday](day)
Who lives in [Santa Fe](place)?
Nothing is open [today](day)`;
