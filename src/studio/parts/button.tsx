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
  children: ComponentChildren;
}) {
  const { label, type = 'button', ...others } = rest;
  return (
    <button
      {...others}
      type={type}
      aria-label={label}
      class={primary ? 'primary' : quiet ? 'quiet' : undefined}
    >
      {children}
    </button>
  );
}
