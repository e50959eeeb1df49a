package io.trivigil.web.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

final class LineEncoderTest {
  private static String line(boolean json, String message) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerName("io.trivigil.node.Node");
    event.setLevel(Level.INFO);
    event.setMessage(message);
    event.setInstant(Instant.ofEpochMilli(1_500));
    event.addKeyValuePair(new KeyValuePair("group", "a b"));
    event.addKeyValuePair(new KeyValuePair("term", 7));
    LineEncoder encoder = new LineEncoder();
    encoder.setJson(json);
    encoder.start();
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void logfmtQuotesAndKeepsPairs() {
    assertEquals(
        """
        time=1970-01-01T00:00:01.500Z level=INFO logger=Node msg="said \\"so\\"" group="a b" term=7
        """,
        line(false, "said \"so\""));
  }

  @Test
  void furtherLinesFollowALogfmtLine() {
    assertEquals(
        """
        time=1970-01-01T00:00:01.500Z level=INFO logger=Node msg="two:" group="a b" term=7
        one
        """,
        line(false, "two:\none"));
  }

  @Test
  void jsonIsOneObjectToALine() {
    assertEquals(
        """
        {"time":"1970-01-01T00:00:01.500Z","level":"INFO","logger":"io.trivigil.node.Node",\
        "msg":"two:\\none","group":"a b","term":"7"}
        """,
        line(true, "two:\none"));
  }
}
