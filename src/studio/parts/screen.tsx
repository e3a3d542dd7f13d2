import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** A screen: its title, which takes the focus when one comes to it, and a sentence on what it is for. */
export function Screen({
  title,
  lead,
  children,
}: {
  title: string;
  lead: string;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · seqkit studio`;
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [title]);
  return (
    <>
      <header class="screen-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p class="lead">{lead}</p>
      </header>
      <div class="cards">{children}</div>
    </>
  );
}

/** A part of a screen. */
export function Card({
  title,
  note,
  wide = false,
  children,
}: {
  title: string;
  note?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class={wide ? 'card wide' : 'card'} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {note !== undefined && <p class="note">{note}</p>}
      {children}
    </section>
  );
}
