import type { ComponentChildren } from 'preact';

/** A button; what it does may be the first thing to do on a card. */
export function Button({
  primary = false,
  quiet = false,
  children,
  ...rest
}: {
  primary?: boolean;
  quiet?: boolean;
  onClick?: () => void;
  disabled?: boolean;
  type?: 'button' | 'submit';
  label?: string;
  /** Of a button that shows and hides something: whether it is there. */
  expanded?: boolean;
  /** Of a button that stays in: whether it is. */
  pressed?: boolean;
  children: ComponentChildren;
}) {
  const { label, expanded, pressed, type = 'button', ...others } = rest;
  return (
    <button
      {...others}
      type={type}
      aria-label={label}
      aria-expanded={expanded}
      aria-pressed={pressed}
      class={primary ? 'primary' : quiet ? 'quiet' : undefined}
    >
      {children}
    </button>
  );
}
