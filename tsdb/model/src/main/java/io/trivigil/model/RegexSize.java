package io.trivigil.model;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// How large a regular expression becomes, found out before RE2/J makes it: RE2/J writes repeats
/// out and, unlike Go, sets no limit where they nest. `((((a{30}){30}){30}){30}){30}` would be 24
/// million instructions.
///
/// Reads what matters for the size only, and takes what is not valid as it comes: RE2/J refuses it
/// afterwards. Go's limits are the first two of these; its limit on the size is three times ours.
final class RegexSize {
  /// How often anything may be repeated, by repeats within repeats.
  static final int MAX_REPEAT = 1_000;

  /// How deep groups nest. Go counts differently, and comes to about twice as many.
  static final int MAX_DEPTH = 250;

  /// Instructions that repeats may add to what is written out.
  static final long MAX_ADDED = 100_000;

  /// Instructions of a whole expression.
  static final long MAX_SIZE = 1_000_000;

  /// A class with a name takes the memory of so many instructions, once, however often repeated.
  private static final int NAMED_CLASS = 100;

  /// No longer is the text of a repeat.
  private static final int MAX_OPERATOR = 24;

  private final String text;
  private final Deque<Frame> open = new ArrayDeque<>();
  private Frame frame = new Frame();
  private int at;
  private long classes; // memory of classes with names, in instructions

  /// What stands between two parentheses.
  private static final class Frame {
    long size; // of all but the last atom
    int repeat = 1; // the most often that anything in it is repeated
    long atom; // size of the last atom, which a repeat is for
    int atomRepeat = 1;

    void add(long atomSize, int repeated) {
      end();
      atom = atomSize;
      atomRepeat = repeated;
    }

    void end() {
      size += atom;
      repeat = Math.max(repeat, atomRepeat);
      atom = 0;
      atomRepeat = 1;
    }
  }

  private RegexSize(String text) {
    this.text = text;
  }

  /// Makes sure that an expression becomes no larger than it may.
  ///
  /// @throws IllegalArgumentException if it does
  static void check(String text) {
    new RegexSize(text).read();
  }

  private void read() {
    if (text.length() > MAX_SIZE) {
      throw tooLarge();
    }
    while (at < text.length()) {
      char c = text.charAt(at);
      switch (c) {
        case '\\' -> escape();
        case '[' -> bracket();
        case '(' -> group();
        case ')' -> close();
        case '{' -> repeat();
        case '*', '+', '?' -> {
          frame.atom += 2;
          at++;
        }
        case '|' -> {
          frame.end();
          frame.size++;
          at++;
        }
        default -> {
          frame.add(1, 1);
          at += Character.charCount(text.codePointAt(at));
        }
      }
    }
    while (!open.isEmpty()) {
      close();
    }
    frame.end();
    long size = frame.size + classes;
    if (size > MAX_SIZE || size - 2L * text.length() > MAX_ADDED) {
      throw tooLarge();
    }
  }

  private void escape() {
    char c = at + 1 < text.length() ? text.charAt(at + 1) : '\\';
    if (c == 'Q') {
      int end = text.indexOf("\\E", at + 2);
      int to = end < 0 ? text.length() : end;
      for (at += 2; at < to; at++) {
        frame.add(1, 1);
      }
      at = end < 0 ? to : to + 2;
      return;
    }
    boolean named = c == 'p' || c == 'P';
    if (named) {
      named();
    }
    frame.add(1, 1);
    at += 2;
    if ((named || c == 'x') && at < text.length() && text.charAt(at) == '{') {
      int end = text.indexOf('}', at);
      at = end < 0 ? text.length() : end + 1;
    }
  }

  private void named() {
    classes += NAMED_CLASS;
    if (classes > MAX_SIZE) {
      throw tooLarge();
    }
  }

  /// A class: `[…]`.
  private void bracket() {
    at++;
    if (at < text.length() && text.charAt(at) == '^') {
      at++;
    }
    for (int first = at; at < text.length() && (text.charAt(at) != ']' || at == first); at++) {
      if (text.charAt(at) == '\\') {
        at++;
        if (at < text.length() && "pP".indexOf(text.charAt(at)) >= 0) {
          named();
        }
      } else if (text.startsWith("[:", at)) {
        named();
        int end = text.indexOf(":]", at + 2);
        at = end < 0 ? at : end + 1;
      }
    }
    at++;
    frame.add(1, 1);
  }

  private void group() {
    at++;
    if (at < text.length() && text.charAt(at) == '?') {
      int flags = at + 1;
      if (text.startsWith("P<", flags) || text.startsWith("<", flags)) {
        int end = text.indexOf('>', flags);
        at = end < 0 ? text.length() : end + 1;
      } else {
        at = flags;
        while (at < text.length() && text.charAt(at) != ':' && text.charAt(at) != ')') {
          at++;
        }
        boolean onlyFlags = at < text.length() && text.charAt(at) == ')';
        at = Math.min(at + 1, text.length());
        if (onlyFlags) {
          return;
        }
      }
    }
    if (open.size() == MAX_DEPTH) {
      throw refused("expression nests too deeply", shortened(text));
    }
    open.push(frame);
    frame = new Frame();
  }

  private void close() {
    at++;
    Frame inner = frame;
    inner.end();
    // What is closed and was never opened becomes a group by what Regex puts around it.
    frame = open.isEmpty() ? new Frame() : open.pop();
    frame.add(inner.size + 2, inner.repeat);
  }

  /// `{n}`, `{n,}` or `{n,m}`; anything else is a brace.
  private void repeat() {
    int end = text.indexOf('}', at, Math.min(text.length(), at + MAX_OPERATOR));
    int[] bounds = end < 0 ? null : bounds(text.substring(at + 1, end));
    if (bounds == null) {
      frame.add(1, 1);
      at++;
      return;
    }
    int times = bounds[1] < 0 ? bounds[0] : bounds[1];
    String operator = text.substring(at, end + 1);
    at = end + 1;
    if (times == 0 && bounds[1] == 0) {
      frame.atomRepeat = 1; // nothing is left of it
      frame.atom = 1;
      return;
    }
    int factor = Math.max(1, times);
    if (factor > MAX_REPEAT / frame.atomRepeat) {
      throw refused("invalid repeat count", operator);
    }
    frame.atomRepeat *= factor;
    frame.atom = factor * (frame.atom + 1) + 2;
    if (frame.atom > MAX_SIZE) {
      throw tooLarge();
    }
  }

  /// The smallest and the largest count, -1 for none; null if this is no repeat.
  private static int @Nullable [] bounds(String inner) {
    int comma = inner.indexOf(',');
    int min = count(comma < 0 ? inner : inner.substring(0, comma));
    int max = comma < 0 ? min : -1;
    if (comma >= 0 && comma + 1 < inner.length()) {
      max = count(inner.substring(comma + 1));
      if (max < 0) {
        return null;
      }
    }
    return min < 0 ? null : new int[] {min, max};
  }

  /// A number as RE2 reads it, cut off far above what is allowed; -1 if it is none.
  private static int count(String digits) {
    boolean number = !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number || (digits.length() > 1 && digits.charAt(0) == '0')) {
      return -1;
    }
    return digits.length() > 4 ? 99_999 : Integer.parseInt(digits);
  }

  private IllegalArgumentException tooLarge() {
    return refused("expression too large", shortened(text));
  }

  private static String shortened(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }

  private static IllegalArgumentException refused(String why, String what) {
    return new IllegalArgumentException("error parsing regexp: %s: `%s`".formatted(why, what));
  }
}
