/**
 * Messages on many subjects, as people send them to a bot that is for something else. Those that an intent may mean
 * are left out when a bot is trained; the others teach it what it is not for.
 */
export const FOREIGN_MESSAGES: readonly string[] = `
What is the population of Brazil?
Who discovered penicillin?
How many bones does a human have?
When did the Roman empire fall?
Which language is spoken in Iran?
What is the longest river in Africa?
Who composed the Four Seasons?
How hot is the sun?
What does the word serendipity mean?
Why do cats purr?
How do aeroplanes stay in the air?
What is a black hole?
Name three noble gases
Where do penguins live?
How deep is the ocean?
Who invented the steam engine?
Solve this equation for x
What is thirty percent of ninety?
Add four and eleven
How many grams are in a pound?
Convert this temperature to celsius
How do you say thank you in Korean?
Translate this sentence into French
Spell necessary
Give me a synonym for happy
Write a short story about a dragon
Compose a birthday message for my aunt
Summarize this article for me
Help me with my homework
Make up a riddle
Tell me a bedtime story
Do you know any good jokes?
Sing a song for me
Are you married?
How old are you?
Do you have feelings?
Where were you born?
What do you look like?
Do you dream at night?
I am bored
I feel lonely
My boyfriend left me
I am so angry today
I can't sleep at night
I have a headache
My back hurts when I sit
Is this rash dangerous?
How much water should I drink a day?
What helps against a cold?
Which vitamins are in spinach?
How do I lose weight?
Show me exercises for my shoulders
How long do I boil an egg?
What can I cook with rice and beans?
How do I make tomato soup?
Give me a recipe for chocolate cake
Is this mushroom edible?
How do I keep herbs fresh?
Will it snow this weekend?
How warm is it outside?
Is there a storm coming?
When does the sun set today?
What is the humidity?
Set a timer for ten minutes
Wake me at half past five
Add milk to my shopping list
Put the meeting into my calendar
What is on my calendar this week?
Call my mother
Read my messages
Turn up the volume
Skip this song
Play something by Mozart
Dim the lamp in the bedroom
Lock the front door
Start the vacuum cleaner
Open the garage
Take a picture
Navigate to the nearest petrol station
How is the traffic on the way home?
When does the next bus leave?
Book me a flight to Lisbon
Which visa do I need for India?
What should I see in Vienna?
How far is it from Paris to Madrid?
Find a cheap hostel in Prague
Reserve a table at a steak house
Order a pizza with olives
What films are on at the cinema?
Who won the match last night?
When is the next Olympic games?
How do the rules of chess go?
Who is the fastest runner in the world?
What is the score of the game?
Suggest a board game for four
Which book should I read next?
Who plays the main part in that series?
What is the news today?
Who won the election?
What do you think about politics?
How high is the inflation?
What is the price of gold?
Should I invest in bitcoin?
How do I do my tax return?
How do I open a savings account?
What is the interest rate on mortgages?
Send ten pounds to my brother
Explain compound interest
How do I write a will?
Can my landlord raise the rent?
I lost my driving licence
How do I apply for a scholarship?
What should I wear to an interview?
Write a letter of resignation
How do I ask for a raise?
My colleague steals my ideas
How do I install Linux?
My laptop does not start
Write a function that sorts a list
What is recursion?
Why does my code not compile?
How do I recover a deleted file?
My screen is black
Which phone has the best camera?
How do I take a screenshot?
The dishwasher is leaking
How do I unclog a sink?
Paint peels off my wall
When should I prune roses?
My tomatoes have brown spots
How often do I feed a hamster?
My dog barks all night
How do I train a parrot?
My tyre is flat
How do I change the oil of my car?
What does this warning light mean?
How do I knit a scarf?
Teach me to juggle
How do I draw a horse?
Which instrument is easiest to learn?
How do I tune a violin?
What is the meaning of my dream?
Tell me my horoscope
Is there life on Mars?
Does God exist?
What happens after death?
Why is grass green?
How do magnets work?
What came first, the chicken or the egg?
la la la la
xyz abc foo bar
hmm whatever
I like turtles
the quick brown fox
My favourite season is spring
Yesterday I went fishing
My grandmother turns eighty
There is a spider in my bathroom
`
  .trim()
  .split('\n');
