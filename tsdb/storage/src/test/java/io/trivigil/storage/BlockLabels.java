package io.trivigil.storage;

import io.trivigil.model.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// Makes labels of what a block of the catalogue holds.
///
/// @param visitor takes each series
record BlockLabels(List<String> texts, List<Labels.Shape> shapes, BiConsumer<Long, Labels> visitor)
    implements CatalogueBlock.Target {
  BlockLabels(BiConsumer<Long, Labels> visitor) {
    this(new ArrayList<>(), new ArrayList<>(), visitor);
  }

  @Override
  public int symbol(String text) {
    texts.add(text);
    return texts.size() - 1;
  }

  @Override
  public int shape(String... names) {
    shapes.add(Labels.Shape.ofSorted(names));
    return shapes.size() - 1;
  }

  @Override
  public void series(long ref, int shape, int[] values) {
    Labels.Shape names = shapes.get(shape);
    String[] room = names.room();
    for (int i = 0; i < names.size(); i++) {
      room[2 * i + 1] = texts.get(values[i]);
    }
    visitor.accept(ref, names.kept(room));
  }
}
