package io.trivigil.template;

import org.jspecify.annotations.Nullable;

/// A template does not parse, or fails when it is executed. The message is Go's.
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TemplateException(String message) {
    super(message);
  }

  TemplateException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
