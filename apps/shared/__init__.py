"""What all pages share. Streamlit puts the folder apps/ on the path, so pages say ``from shared import bundles``."""
