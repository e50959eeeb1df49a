package io.trivigil.web.log;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import io.trivigil.model.Names;
import io.trivigil.web.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/// Writes one fact to a line, as logfmt or as JSON. Thread-safe: events share nothing but a flag.
///
/// Key-value pairs of an event follow its message. What a message says on further lines, and a
/// stack trace, follow a logfmt line on lines of their own; in JSON all is in the one object.
public final class LineEncoder extends EncoderBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final ThrowableProxyConverter stack = new ThrowableProxyConverter();
  private volatile boolean json;

  /// Writes JSON from now on, or logfmt.
  public void setJson(boolean json) {
    this.json = json;
  }

  @Override
  public void start() {
    stack.start();
    super.start();
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return json ? json(event) : logfmt(event).getBytes(StandardCharsets.UTF_8);
  }

  private String logfmt(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    line.append("time=").append(time(event)).append(" level=").append(event.getLevel());
    line.append(" logger=").append(shortName(event.getLoggerName()));
    String message = event.getFormattedMessage();
    int end = message.indexOf('\n');
    line.append(" msg=").append(Names.quote(end < 0 ? message : message.substring(0, end)));
    for (KeyValuePair pair : pairs(event)) {
      String value = String.valueOf(pair.value);
      boolean plain = value.chars().allMatch(c -> c > ' ' && c != '"' && c != '=');
      line.append(' ').append(pair.key).append('=').append(plain ? value : Names.quote(value));
    }
    line.append('\n');
    if (end >= 0) {
      line.append(message, end + 1, message.length()).append('\n');
    }
    return line.append(trace(event)).toString();
  }

  private byte[] json(ILoggingEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    JsonWriter out = new JsonWriter(line);
    out.beginObject();
    out.field("time", time(event));
    out.field("level", event.getLevel().toString());
    out.field("logger", event.getLoggerName());
    out.field("msg", event.getFormattedMessage());
    for (KeyValuePair pair : pairs(event)) {
      out.field(pair.key, String.valueOf(pair.value));
    }
    String trace = trace(event);
    if (!trace.isEmpty()) {
      out.field("stack", trace);
    }
    out.endObject();
    out.flush();
    line.write('\n');
    return line.toByteArray();
  }

  private static String time(ILoggingEvent event) {
    return TIME.format(Instant.ofEpochMilli(event.getTimeStamp()));
  }

  private static List<KeyValuePair> pairs(ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    return pairs == null ? List.of() : pairs;
  }

  private String trace(ILoggingEvent event) {
    return event.getThrowableProxy() == null ? "" : stack.convert(event);
  }

  private static String shortName(String logger) {
    return logger.substring(logger.lastIndexOf('.') + 1);
  }
}
