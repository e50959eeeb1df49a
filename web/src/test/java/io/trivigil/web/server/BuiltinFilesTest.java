package io.trivigil.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BuiltinFilesTest {
  @Test
  void everyMemberIsATargetThatSaysWhichNodeItIs() {
    assertThat(
            BuiltinFiles.targets(
                Map.of("n2", "https://b.example/prom", "n1", "http://127.0.0.1:9090", "n3", "")))
        .isEqualTo(
            "[{\"targets\":[\"127.0.0.1:9090\"],\"labels\":{\"node\":\"n1\",\"__scheme__\":\"http\","
                + "\"__metrics_path__\":\"/metrics\"}},"
                + "{\"targets\":[\"b.example:443\"],\"labels\":{\"node\":\"n2\",\"__scheme__\":\"https\","
                + "\"__metrics_path__\":\"/prom/metrics\"}}]");
  }
}
