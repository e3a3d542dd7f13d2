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
  children: ComponentChildren;
}) {
  const { label, expanded, type = 'button', ...others } = rest;
  return (
    <button
      {...others}
      type={type}
      aria-label={label}
      aria-expanded={expanded}
      class={primary ? 'primary' : quiet ? 'quiet' : undefined}
    >
      {children}
    </button>
  );
}
