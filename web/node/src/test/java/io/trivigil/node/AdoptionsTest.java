package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.version.ClusterSettings;
import io.trivigil.config.version.ConfigAnswer;
import io.trivigil.config.version.ConfigBundle;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.Sealer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AdoptionsTest {
  private final ConfigMachine machine = new ConfigMachine();

  @Test
  void whatWasDecidedBeforeAnotherVersionCameIsRefused() {
    try (ConfigThread thread = new ConfigThread()) {
      Adoptions adoptions = new Adoptions(new Sealer(List.of(), new Random(1)), thread);
      ConfigBundle a = bundle("a");
      ConfigBundle b = bundle("b");
      machine.apply(1, new ConfigCommand.Found(new ClusterSettings(7_200_000, 2, 1)));
      machine.apply(2, adoptions.command(machine.view(), a, "start"));
      ConfigMachine.View before = machine.view();
      machine.apply(3, adoptions.command(before, b, "reload"));
      assertThat(machine.apply(4, adoptions.command(before, a, "restart of all members")))
          .isInstanceOf(ConfigAnswer.Refused.class);
      assertThat(Adoptions.inForce(machine.view(), b)).contains(new ConfigAnswer.Accepted(2));
      assertThat(Adoptions.inForce(machine.view(), a)).isEmpty();
    }
  }

  private static ConfigBundle bundle(String text) {
    TreeMap<String, Optional<String>> files = new TreeMap<>();
    files.put("/conf/prometheus.yml", Optional.of(text));
    return new ConfigBundle("/conf/prometheus.yml", "", files, new TreeMap<>(), new TreeMap<>());
  }
}
