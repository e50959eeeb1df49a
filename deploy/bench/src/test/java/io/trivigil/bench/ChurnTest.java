package io.trivigil.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

class ChurnTest {
  @Test
  void asManyEndAsWasAskedForAndAsManyFollow() {
    Churn churn = new Churn(50, 0.25);
    assertEquals(5_000, churn.seriesBorn());
    for (int round = 0; round < 40; round++) {
      assertEquals(3, churn.round(round).size()); // 20, 20 and 10 pods
    }
    assertEquals(5_000, churn.seriesAlive());
    assertEquals(6_000, churn.seriesBorn());
  }

  @Test
  void aPodInTheMiddleOfItsLifeIsReplacedAfterTheOtherHalf() throws IOException {
    Churn churn = new Churn(4, 1);
    churn.round(0);
    String middling = churn.middling();
    assertTrue(has(churn.round(1), middling));
    assertTrue(has(churn.round(2), middling));
    assertFalse(has(churn.round(3), middling));
  }

  private static boolean has(List<byte[]> requests, String pod) throws IOException {
    for (byte[] request : requests) {
      if (new String(Snappy.uncompress(request), StandardCharsets.ISO_8859_1).contains(pod)) {
        return true;
      }
    }
    return false;
  }
}
