/**
 * What users say to any bot, in groups of one meaning. A group whose phrases a bot already takes for one of its intents is
 * learned with that intent; the others are left out.
 */
export const SMALL_TALK: readonly (readonly string[])[] = `
hello
hi
hey
hey there
hello there
good morning
good afternoon
good evening
good day
greetings
morning all
hello again
hi everybody
hello, how are you
nice to meet you

bye
goodbye
bye bye
see you
see you later
see you soon
see you tomorrow
until next time
farewell
good night
take care
so long
talk to you later

thanks
thank you
thank you very much
thanks a lot
many thanks
much appreciated
I appreciate it
I am grateful
that helped me
you were very helpful
great help
cheers mate

can I talk to a human
I want to speak to a person
connect me to somebody
transfer me to an agent
I want to talk to an employee
let me speak to your manager
I do not want to talk to a bot
I need to speak to your staff
put me through to customer service
live agent
I would rather talk to a human being
give me a contact person

are you a robot
am I talking to a machine
are you human
who are you
what is your name
are you a real person
is this a computer
am I chatting with a bot
what are you
who made you

what can you do
help
what are you for
how can you help me
I need help
can you help me
what can I ask you
how does this work
what do you know
show me what you can do

yes
yes please
sure
of course
that is right
okay
correct
sounds good
go ahead
absolutely
right
exactly

no
no thanks
not really
of course not
I do not want that
that is wrong
never
not at all
rather not
nope
no way
please do not

I want to complain
I am very unhappy
this is terrible
I am not satisfied
I am disappointed
your service is bad
this is unacceptable
I am angry with you
what a bad experience
I would like to make a complaint
`
  .trim()
  .split('\n\n')
  .map((group) => group.split('\n'));
