import { plainSpelling } from '../linear/n-grams.js';

/** What people type for English words where they chat, and the words. */
const SPELLINGS: Readonly<Record<string, string>> = Object.fromEntries(
  `
  thx=thanks thanx=thanks tnx=thanks thnx=thanks tks=thanks ty=thank_you tysm=thank_you_so_much cheerz=cheers
  pls=please plz=please plse=please u=you ur=your ya=you yall=you y'all=you r=are okay=ok kk=ok
  hiya=hi hullo=hello hallo=hello helo=hello heya=hey howdy=hello gday=good_day g'day=good_day
  gn=good_night gm=good_morning cya=see_you ttyl=talk_to_you_later brb=be_right_back
  tmrw=tomorrow tmr=tomorrow tomoz=tomorrow 2moro=tomorrow 2day=today 2nite=tonight tonite=tonight
  b4=before gr8=great l8r=later w8=wait asap=as_soon_as_possible btw=by_the_way fyi=for_your_information
  idk=i_do_not_know dunno=do_not_know gonna=going_to wanna=want_to gotta=have_to gimme=give_me lemme=let_me
  kinda=kind_of coz=because cuz=because bc=because msg=message pic=picture pics=pictures info=information
  acct=account addr=address appt=appointment pwd=password passwd=password pw=password qty=quantity
  dont=don't doesnt=doesn't didnt=didn't cant=can't cannot=can_not couldnt=couldn't wont=won't wouldnt=wouldn't
  isnt=isn't arent=aren't wasnt=wasn't werent=weren't havent=haven't hasnt=hasn't hadnt=hadn't shouldnt=shouldn't
  im=i'm ive=i've youre=you're youve=you've theyre=they're thats=that's whats=what's wheres=where's whens=when's
  hows=how's whos=who's theres=there's lets=let's
  `
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [typed, meant] = pair.split('=');
      return [typed, meant.replaceAll('_', ' ')];
    }),
);
const TYPED = /[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*/gu;

/** An English message with the short spellings of chats written out: "thx, cant log in" is "thanks, can't log in". */
export function writtenOut(text: string): string {
  return plainSpelling(text, false).replace(TYPED, (word) => {
    const small = word.toLowerCase();
    return Object.hasOwn(SPELLINGS, small) ? SPELLINGS[small] : word;
  });
}
