package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @ParameterizedTest
  @ValueSource(strings = {"foo x", "rules --run ( x", "rules"})
  void whatIsAskedWronglyEndsWithTwo(String line) {
    assertThat(Main.picocli(new TestCommand(), List.of(line.split(" ")))).isEqualTo(2);
  }
}
