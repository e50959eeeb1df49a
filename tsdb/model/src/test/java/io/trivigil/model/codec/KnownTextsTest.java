package io.trivigil.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnownTextsTest {
  private final KnownTexts texts = new KnownTexts();

  private String read(String text) {
    byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
    return texts.utf8(bytes, 1, bytes.length - 1);
  }

  @Test
  void fromTheSecondTimeOnItIsOneString() {
    String first = read("instance");
    String second = read("instance");
    assertThat(read("instance")).isEqualTo("instance").isSameAs(second).isNotSameAs(first);
  }

  @Test
  void longTextsAreNotKept() {
    String longest = "x".repeat(KnownTexts.LONGEST);
    read(longest);
    assertThat(read(longest)).isSameAs(read(longest)).isEqualTo(longest);
    String longer = "x".repeat(KnownTexts.LONGEST + 1);
    read(longer);
    assertThat(read(longer)).isEqualTo(longer).isNotSameAs(read(longer));
  }

  @Test
  void whateverMeetsInAPlaceIsReadAsItStands() {
    Random random = new Random(7);
    for (int i = 0; i < 20 * KnownTexts.MOST; i++) {
      String text = "t".repeat(random.nextInt(9)) + random.nextInt(3 * KnownTexts.MOST) + "\u00fc";
      assertThat(read(text)).isEqualTo(text);
    }
  }

  @Test
  void labelsShareTheirTexts() {
    byte[] bytes =
        new ByteWriter()
            .labels(Labels.of("__name__", "up", "job", "node"))
            .labels(Labels.of("__name__", "up", "job", "other"))
            .labels(Labels.of("__name__", "up", "job", "other"))
            .toBytes();
    ByteReader in = new ByteReader(bytes, 0, bytes.length, texts);
    assertThat(in.labels()).isEqualTo(Labels.of("__name__", "up", "job", "node"));
    Labels second = in.labels();
    Labels third = in.labels();
    assertThat(third).isEqualTo(second).isEqualTo(Labels.of("__name__", "up", "job", "other"));
    assertThat(third.name(1)).isSameAs(second.name(1));
    in.expectEnd();
  }
}
