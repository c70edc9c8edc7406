"""The shortest round trip: a card is stored over the wire and read back, on both engines."""

from tests.servers import Server


def test_a_card_comes_back_byte_for_byte(open_server: Server) -> None:
    client = open_server.client()
    content = '{ "model_overview": {"model_name": "Grüße 模型"} }\n'
    client.create_model_card(ModelCardName="smoke", Content=content, ModelCardStatus="Draft")
    assert client.describe_model_card(ModelCardName="smoke")["Content"] == content
    client.delete_model_card(ModelCardName="smoke")
