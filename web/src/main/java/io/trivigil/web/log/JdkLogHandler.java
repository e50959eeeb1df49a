package io.trivigil.web.log;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Hands what comes through `java.util.logging` to logback, which decides by the logger's name.
/// Thread-safe.
final class JdkLogHandler extends Handler {
  @Override
  public void publish(LogRecord said) {
    String name = Objects.requireNonNullElse(said.getLoggerName(), "java");
    LoggingEventBuilder event =
        LoggerFactory.getLogger(name).atLevel(level(said.getLevel().intValue()));
    event.setCause(said.getThrown()).log("{}", text(said));
  }

  private static org.slf4j.event.Level level(int level) {
    if (level >= Level.SEVERE.intValue()) {
      return org.slf4j.event.Level.ERROR;
    }
    if (level >= Level.WARNING.intValue()) {
      return org.slf4j.event.Level.WARN;
    }
    return level >= Level.INFO.intValue()
        ? org.slf4j.event.Level.INFO
        : org.slf4j.event.Level.DEBUG;
  }

  private static String text(LogRecord said) {
    String message = String.valueOf(said.getMessage());
    Object[] parameters = said.getParameters();
    if (parameters == null || parameters.length == 0) {
      return message;
    }
    try {
      return new MessageFormat(message, Locale.ROOT).format(parameters);
    } catch (IllegalArgumentException _) {
      return message; // the library's mistake, not ours
    }
  }

  @Override
  public void flush() {
    // Nothing is kept back.
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
