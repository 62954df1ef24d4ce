import { useId } from 'preact/hooks';

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Value[];
  readonly text?: (value: Value) => string;
  readonly onChange: (value: Value) => void;
}

/** One of a few words. */
export function Choice<Value extends string>({ label, value, options, text = (word) => word.toLowerCase(), onChange }: ChoiceProps<Value>) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value as Value)}>
      {options.map((option) => (
        <option key={option} value={option}>
          {text(option)}
        </option>
      ))}
    </select>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly options?: readonly string[];
  readonly onChange: (value: string) => void;
}

/** A text, completed with names that exist. */
export function Field({ label, value, options = [], onChange }: FieldProps) {
  const id = useId();
  return (
    <>
      <input
        type="text"
        aria-label={label}
        placeholder={label}
        value={value}
        list={options.length > 0 ? id : undefined}
        onInput={(event) => onChange(event.currentTarget.value)}
        autocomplete="off"
        spellcheck={false}
      />
      {options.length > 0 && (
        <datalist id={id}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </>
  );
}
