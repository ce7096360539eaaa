"""Write a network as ONNX with weights of eight bits."""

import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from curtilage.detect.tagger.transformer.traits import NO_TRAITS
from tools.tagger.transformer.network import Network

OPSET = 17


class _Shipped(nn.Module):
    """What is shipped: one window at a time, chances, of the first pieces of tokens alone."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, pieces: Tensor, traits: Tensor, rows: Tensor) -> Tensor:
        return self.network(pieces[None], traits[None], None, rows)[0].softmax(-1)


def export(network: Network, path: Path) -> None:
    """The network as ONNX: inputs `pieces`, `traits` and `rows`, output `chances`."""
    example = torch.ones(7, dtype=torch.int64), torch.tensor([NO_TRAITS] * 7), torch.arange(3)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            _Shipped(network).eval(),
            example,
            plain,
            input_names=["pieces", "traits", "rows"],
            output_names=["chances"],
            dynamic_axes={
                "pieces": {0: "pieces"},
                "traits": {0: "pieces"},
                "rows": {0: "tokens"},
                "chances": {0: "tokens"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
        quantize_dynamic(
            plain,
            path,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            reduce_range=True,  # processors without VNNI add up eight bits beside eight too narrowly
            weight_type=QuantType.QInt8,
        )
    model = onnx.load(path)
    del model.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
    onnx.save(model, path)
